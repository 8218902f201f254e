"""Grades on an existing cluster of dask.distributed: the same work and the same results, on other machines.

    this machine                      a machine of the cluster
      client                            worker              grader                          students' processes
        submissions, results             dask's own process   python -m ...cluster.grader
        |  parcel, seed                  |  bytes only        |  sandbox, tests, references
        +------------------------------> +------------------> +---------------------------> confined as everywhere
        <------------------------------- <------------------- <---------------------------
           result                           result               values

    client    connects to the scheduler, and says what the workers are sent
    run       gives each worker what it can do at once, takes results, and gives again what a lost worker had
    worker    the functions that dask calls on a worker, and their end of the line to the grader
    grader    the process beside a worker that grades; it is started clean, before anything secret is in memory
    kit       what a grader needs, sent once to each worker, and what must be the same on both machines
    lines     frames between worker and grader
"""
