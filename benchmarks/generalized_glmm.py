"""Times `glmm` (PyPI) on a CSV file, by an interpreter that has it.

python generalized_glmm.py FILE FORMULA FAMILY FACTORS REPEATS  ->  elapsed, CPU seconds, criterion
"""

from __future__ import annotations

import sys
import time
import warnings

import glmm
import pandas as pd

path, formula, family, factors, repeats = sys.argv[1:]
warnings.simplefilter("ignore")
frame = pd.read_csv(path, dtype=dict.fromkeys(factors.split(","), str))
for _ in range(int(repeats)):
    start, cpu = time.perf_counter(), time.process_time()
    fit = glmm.fit(frame, formula, family)
    print(time.perf_counter() - start, time.process_time() - cpu, -2.0 * fit.loglik)
