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
    PyObject *error;   /* what the task is to end with, or the call is to learn of at its next step; or NULL */
    PyObject *cancelled; /* the task, if it was asked to cancel the call since that began its last step; else NULL */
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

/* One step of `call`: `error` is thrown into it, or `value` sent when that is NULL. PYGEN_ERROR has an exception. */
PySendResult driver_advance(PyObject *call, PyObject *value, PyObject *error, PyObject **told);

/* The call has ended, with a value or with the error that is set: tell who is to know. `*told` becomes the task's. */
PySendResult driver_ended(Driver *driver, PySendResult sent, PyObject **told);

/* The error that a call which gave a value ends with all the same, because it cancelled itself in its last step: that
 * is what its task would do. NULL when it did not, or with an exception.
 */
PyObject *driver_interruption(PyObject *cancelled);

/* See that the call goes on when `awaited`, which it has yielded, is done: it is stepped by hand where that is
 * possible, else by its task. If waiting for it fails, that is raised where the call waits. -1 with an exception that
 * is for the loop.
 */
int driver_wait(Driver *driver, PyObject *awaited);

/* The task goes on with the call, and is used up by it: it waits for `awaited`, as for a future if that `is_blocking`;
 * or, when that is None, throws `error` into it if there is one. A call whose task cannot be woken ends: its memory was
 * refused. -1 with an exception that is for the loop.
 */
int driver_leave_to_task(Driver *driver, PyObject *awaited, bool is_blocking, PyObject *error);

/* ---- by hand (by_hand.c) */

/* The task of `lent` is a call's that waits, which may be stepped by hand. */
void driver_lend(const Lent *lent, Lender *lender);

/* The task was lent to a call that nobody goes on with: it ends. An exception that is set stays. */
void driver_drop(Driver *driver);

/* The task is nobody's but its driver's. */
void driver_own(Driver *driver);

/* Have the call stepped when `awaited` is done. 0, and nothing done, when that is for the task to see to; -1 with an
 * exception when waiting for it fails.
 */
int driver_wait_by_hand(Driver *driver, PyObject *awaited);

/* Have `error` thrown into the call in the next turn of the loop; false, and nothing done, when that is refused. */
bool driver_throw_by_hand(Driver *driver, PyObject *error);

/* Leave the call that waits to its task. */
int driver_stop_by_hand(Driver *driver);

/* The loop calls this when what the call waits for is done: with that, or with nothing when it has its turn. */
PyObject *driver_step_by_hand(PyObject *self, PyObject *const *args, Py_ssize_t count);

extern PyType_Spec DRIVER_SPEC;

#endif
