"""Looking at models needs no engine: these modules load neither llama.cpp nor ONNX Runtime."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["catalogue", "shelf", "gguf", "tokens", "memory", "errors", "template", "outlet"])
def test_importing_it_loads_no_engine(module):
    engines = {"llama_cpp", "onnxruntime", "tokenizers"}
    code = f"import sys, models.{module}; print(sorted({engines} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
