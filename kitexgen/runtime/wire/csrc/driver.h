/* What the task of a call runs. Its twin in Python, with the states it goes through, is in server/stepping.py. */
#ifndef KX_DRIVER_H
#define KX_DRIVER_H

#include "compat.h"

typedef struct {
    PyObject_HEAD
    PyObject *loop;
    PyObject *waiter;  /* what the task waits for while it is at hand, or NULL */
    PyObject *call;    /* the coroutine that was taken over, or NULL */
    PyObject *awaited; /* what its first step ended with */
    PyObject *context; /* that of the call */
    PyObject *on_end;  /* is told how the call ended, within its last step; NULL when nobody is */
    bool is_blocking, is_taken, is_over;
    bool was_cancelled; /* cancelling was ever asked of the task, be it taken back or not */
} Driver;

/* Wake the task, to end without having driven anything; -1 with an exception. */
int driver_finish(Driver *driver);

extern PyType_Spec DRIVER_SPEC;

#endif
