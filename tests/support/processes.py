"""Two processes at the same moment."""

import subprocess
import sys


def together(script, *arguments):
    """Run a script in two processes that begin at the same moment, and return what they print."""
    begin = "import sys; print('ready', flush=True); sys.stdin.readline()"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script.format(begin=begin), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    printed = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    return printed
