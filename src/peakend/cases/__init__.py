"""Cases (工单): what was asked for, who looks after it, what was promised, and who was told."""
