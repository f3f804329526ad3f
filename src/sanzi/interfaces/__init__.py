"""The faces: what people and programs touch. A face imports no other face."""
