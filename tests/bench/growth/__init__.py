"""The search at a thousand to a million passages: what grows, how fast, and which part of a question it is."""
