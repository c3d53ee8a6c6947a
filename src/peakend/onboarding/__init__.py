"""Onboarding: what a new house still has to settle, and a sample to look at first."""
