"""Draws a record for people and for other tools: JSON, JUnit XML, Markdown, SARIF, and the lines of a terminal."""
