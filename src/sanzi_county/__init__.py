"""A fictional county: invented places, people and money, written as a data package."""
