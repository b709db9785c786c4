def run_all(*_): return []
