"""Voices: catalogue, matching, mixing and the engines that speak."""
