"""Finds the example client, for the clients of this folder that are wrong on purpose."""
import pathlib, sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[5] / "suites" / "examples" / "python"))
sys.dont_write_bytecode = True
