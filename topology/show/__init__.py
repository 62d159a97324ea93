"""How the failover report is made and shown: tables in a terminal, Markdown, and pictures as SVG or Mermaid."""
