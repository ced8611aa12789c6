"""Signing in on screen, what a sign-in may do, and going to another profile."""
