"""Tests of what students use themselves."""
