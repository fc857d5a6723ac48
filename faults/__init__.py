"""Kills a running installation where it hurts and counts what was acknowledged, lost and doubled.

``python -m faults NAME [--json]``. A module here has ``POINTS`` (the fault points of ``regulars.base.faults`` that it
covers) and ``run(rounds) -> Outcome``; a test walks the register and wants every point covered.
"""
