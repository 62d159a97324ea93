"""A simulated Azure Resource Manager that speaks Pulumi's provider protocol.

It is a second opinion on what Azure accepts, written from Azure's documents alone: it imports nothing of this project.
Its cloud lives in an SQLite file. Nothing in it, nor in what it prints, is Azure.
"""
