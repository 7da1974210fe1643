"""XLSX and XLSM, streamed: number formats, error cells and missing values are seen, memory stays small.

python-calamine is as fast for whole sheets but gives no formats, blanks error cells and formulas without a value,
rounds long numbers, and allocates the whole used range, which a hostile or merely untidy file makes arbitrarily large.
"""
