"""Reading complaints."""

from peakend.complaints.queries.waits import (
    Proven,
    Wait,
    WaitNotFound,
    WaitSearch,
    need_wait,
    proof_link,
    proven,
    wait,
    wait_of_leg,
    wait_of_proof,
    waits_found,
    waits_of_conversation,
)

__all__ = [
    "Proven",
    "Wait",
    "WaitNotFound",
    "WaitSearch",
    "need_wait",
    "proof_link",
    "proven",
    "wait",
    "wait_of_leg",
    "wait_of_proof",
    "waits_found",
    "waits_of_conversation",
]
