"""`python -m serving.dataplane`."""

from serving.dataplane.server import main

if __name__ == "__main__":
    main()
