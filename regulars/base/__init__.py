"""What every room needs and nobody owns: money, clock, ids, actor, secrets, text, the job queue."""
