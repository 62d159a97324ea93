"""How the failover report is shown: tables in a terminal, Markdown, and pictures as SVG or Mermaid."""
