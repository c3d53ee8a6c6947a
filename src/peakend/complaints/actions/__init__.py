"""What is done about complaints."""

from peakend.complaints.actions.waits import follow_customer, give_proof, keep_wait, take_proof

__all__ = ["follow_customer", "give_proof", "keep_wait", "take_proof"]
