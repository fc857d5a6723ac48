"""Journeys: what is said to a person step by step, each at her own time, after something happened with her."""
