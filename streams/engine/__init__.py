"""The engine: exactly-once lanes inside a Faust application.

Faust keeps the application, the worker, the agents, group membership and rebalances. Ours is what one message is (a
chunk of records), where the flow starts again after a rebalance (fence, state, seek), and the commit (outputs, state
and position in one Kafka transaction). `docs/ARCHITECTURE.md` tells why.
"""
