"""Holds where a workspace comes from: a seed, an app's manifest, or the snapshot of another."""
