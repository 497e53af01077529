/* Tasks that are lent to calls, one after the other: why, see server/stepping.py. */
#ifndef KX_LENDER_H
#define KX_LENDER_H

#include "compat.h"

typedef struct Driver Driver;

/* Tasks kept at most; each call that waited at the same time as others had one. */
#define TASKS_KEPT 512

/* What marks a task that nobody but us knows: how many references there are. */
typedef struct {
    Py_ssize_t strong, weak;
} Mark;

/* A task, what drives it, and how it was when it was entered. None of it may be there. */
typedef struct {
    PyObject *task;
    Driver *driver;
    Mark before;
    PyObject *outer; /* the task that was current before: a peer in the same process runs us */
} Lent;

typedef struct {
    PyObject *owner; /* borrowed: the object that this is a part of */
    PyObject *loop, *enter_task, *leave_task, *current_task;
    PyObject *make_task; /* gives a task and its driver */
    PyObject *cancelling, *call_soon, *add_done_callback, *get_loop, *result, *blocking; /* names */
    PyObject *with_context; /* names of arguments: "context" alone */
    PyTypeObject *driver_type;
    PyObject *tasks[TASKS_KEPT];
    Driver *drivers[TASKS_KEPT];
    int kept, unused; /* of those kept, as many were never lent since `lender_relax` */
    Mark fresh;     /* that of a task just made */
    bool is_closed; /* no task is kept any more */
} Lender;

/* Learn the names. */
int lender_init(Lender *lender);

/* Have a task, one that is kept or a new one. */
int lender_take(Lender *lender, Lent *lent);

/* Make it the loop's current one. When that fails, what was the current one still is. */
int lender_enter(Lender *lender, Lent *lent);

/* Make what was the current one that again. */
int lender_leave(Lender *lender, Lent *lent);

/* Whether code of a call may have kept the task, which is the current one still, or has left something on it: no other
 * call shall meet that. -1 with an exception.
 */
int lender_is_used(Lender *lender, const Lent *lent);

/* Take it back, for the next call unless it `is_used`, or there are enough. A used one ends, with `error` if any. */
int lender_take_back(Lender *lender, Lent *lent, bool is_used, PyObject *error);

/* Let all but one of the tasks go that were not needed since the last time. */
int lender_relax(Lender *lender);

/* Keep no task any more: all that are kept end. */
int lender_close(Lender *lender);

int lender_traverse(Lender *lender, visitproc visit, void *arg);

/* Forget the tasks. The rest is there as long as the owner is, whom drivers hold: what they still do must not break.
 * Cycles through it are broken elsewhere, at the loop.
 */
void lender_clear(Lender *lender);

/* The owner is no more. */
void lender_free(Lender *lender);

#endif
