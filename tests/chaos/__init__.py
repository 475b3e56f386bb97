"""Campaigns: the worst is done to real workers on a real Kafka, under load, and then everything is recounted."""
