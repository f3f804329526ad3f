"""Writes of fiscal money: grants and their way down, township projects, the price book."""
