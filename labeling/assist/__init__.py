"""What the machine draws by itself when somebody points at it. Pure: numpy, OpenCV, ONNX Runtime; in a process of its own."""
