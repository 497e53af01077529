/* What the task of a call runs. Its twin in Python, with the states it goes through, is in server/stepping.py. */
#ifndef KX_DRIVER_H
#define KX_DRIVER_H

#include "lender.h"

struct Driver {
    PyObject_HEAD
    PyObject *loop;
    PyObject *waiter;  /* what the task waits for while it is at hand, or NULL */
    PyObject *call;    /* the coroutine that was taken over, or NULL */
    PyObject *awaited; /* what its first step ended with */
    PyObject *context; /* that of the call */
    PyObject *on_end;  /* is told how the call ended, within its last step; NULL when nobody is */
    PyObject *error;   /* what the task is to end with, or NULL */
    /* While the call is stepped by hand; else NULL. */
    PyObject *owner;  /* keeps `lender` */
    Lender *lender;   /* whose task this is */
    PyObject *task;
    PyObject *handle; /* of the next step, when that waits for nothing but its turn */
    PyObject *step;   /* what the loop calls for that; made once, for all calls that the task is lent to */
    Mark before;      /* the task's, before the call's first step */
    bool is_blocking, is_taken, is_over;
    bool is_used_up; /* the task is the call's for good: it was cancelled, be it taken back or not, or has traces */
};

/* Wake the task, to end with `error`, if there is one; -1 with an exception. */
int driver_finish(Driver *driver, PyObject *error);

/* The error that is set, whole; it is set no longer. */
PyObject *driver_take_error(void);

/* What came of a `throw` that gave `*told`. */
PySendResult driver_threw(PyObject **told);

/* The call has ended, with a value or with the error that is set: tell who wants to know. `*told` is then the task's. */
PySendResult driver_ended(Driver *driver, PySendResult sent, PyObject **told);

/* The task goes on with the call, which waits for `awaited`, and is used up by it. */
int driver_leave_to_task(Driver *driver, PyObject *awaited);

/* ---- by hand (by_hand.c) */

/* The task of `lent` is a call's that waits. Gives it. */
PyObject *driver_lend(Lent *lent, Lender *lender);

/* It is nobody's but its driver's. */
void driver_own(Driver *driver);

/* Have the call stepped when `awaited` is done. 0, and nothing done, when that is for the task to see to. */
int driver_wait_by_hand(Driver *driver, PyObject *awaited);

/* Leave the call that waits to its task. */
int driver_stop_by_hand(Driver *driver);

/* The loop calls this when what the call waits for is done: with that, or with nothing when it has its turn. */
PyObject *driver_step_by_hand(PyObject *self, PyObject *const *args, Py_ssize_t count);

extern PyType_Spec DRIVER_SPEC;

#endif
