"""Complaints (客诉): how grave, how settled, what it was made good with, and what we learn."""
