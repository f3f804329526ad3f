"""Writes of seals: wishes and uses, keepers and losses, machines and what they send, the desk."""
