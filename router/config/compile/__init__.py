"""Compile a document into the rules that the core works with: inherited values filled in, texts parsed."""
