"""The durable record of every change that is asked of the service: intent before it leaves, answer after it came."""
