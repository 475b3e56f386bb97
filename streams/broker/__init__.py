"""A local Kafka for the demo, the tests and a developer's desk: no Docker, no system Java, no Maven."""
