"""排队与分配: queues, work items, presence, skills, transfer, business hours."""
