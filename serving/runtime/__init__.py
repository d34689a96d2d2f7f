"""Running ONNX models: sessions, what they cost, and batching. Pure: no Django, no torch."""
