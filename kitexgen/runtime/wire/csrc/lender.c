/* Tasks that are lent to calls. */
#include "lender.h"

#include "driver.h"

int lender_init(Lender *lender)
{
    const struct {
        const char *text;
        PyObject **name;
    } names[] = {
        {"cancelling", &lender->cancelling}, {"call_soon", &lender->call_soon},
        {"add_done_callback", &lender->add_done_callback}, {"get_loop", &lender->get_loop},
        {"result", &lender->result}, {"_asyncio_future_blocking", &lender->blocking},
    };
    for (size_t at = 0; at < sizeof(names) / sizeof(*names); at++)
        if ((*names[at].name = PyUnicode_InternFromString(names[at].text)) == NULL)
            return -1;
    lender->with_context = Py_BuildValue("(s)", "context");
    return lender->with_context == NULL ? -1 : 0;
}

static int tell_loop(PyObject *function, PyObject *loop, PyObject *task)
{
    PyObject *args[] = {loop, task}, *done = PyObject_Vectorcall(function, args, 2, NULL);
    Py_XDECREF(done);
    return done == NULL ? -1 : 0;
}

/* References of the future that the task at hand waits for: since 3.14 it knows who waits. None before a first step. */
static Py_ssize_t references_of_waiter(const Driver *driver)
{
    return PY_VERSION_HEX >= 0x030E0000 && driver->waiter != NULL ? 1 : 0;
}

static Mark mark_of(const Lent *lent)
{
    Py_ssize_t weak = 0;
    PyObject **first = PyObject_GET_WEAKREFS_LISTPTR(lent->task);
    for (PyWeakReference *each = (PyWeakReference *)*first; each != NULL; each = each->wr_next)
        weak++;
    return (Mark){Py_REFCNT(lent->task) - references_of_waiter(lent->driver), weak};
}

/* There are more references than there were. Fewer there cannot be: nobody knew of the task then. */
static bool is_known(Mark before, Mark after)
{
    return after.strong > before.strong || after.weak > before.weak;
}

static int make(Lender *lender, Lent *lent)
{
    PyObject *pair = PyObject_CallNoArgs(lender->make_task);
    if (pair != NULL && (!PyTuple_CheckExact(pair) || PyTuple_GET_SIZE(pair) != 2
                         || !Py_IS_TYPE(PyTuple_GET_ITEM(pair, 1), lender->driver_type))) {
        PyErr_SetString(PyExc_TypeError, "no task and its driver");
        Py_CLEAR(pair);
    }
    if (pair == NULL)
        return -1;
    lent->task = Py_NewRef(PyTuple_GET_ITEM(pair, 0));
    lent->driver = (Driver *)Py_NewRef(PyTuple_GET_ITEM(pair, 1));
    Py_DECREF(pair);
    lender->fresh = mark_of(lent);
    return 0;
}

int lender_take(Lender *lender, Lent *lent)
{
    while (lent->task == NULL && lender->kept > 0) {
        lent->task = lender->tasks[--lender->kept];
        lent->driver = lender->drivers[lender->kept];
        /* Who looks at all tasks may forget about this one while a call has it, and hide that the call keeps it. */
        bool is_unfit = lent->driver->is_used_up || lent->driver->is_over
                        || is_known(lender->fresh, mark_of(lent));
        if (is_unfit && lender_take_back(lender, lent, true, NULL) < 0)
            return -1;
    }
    if (lender->unused > lender->kept)
        lender->unused = lender->kept;
    return lent->task != NULL ? 0 : make(lender, lent);
}

/* Let the task be the current one in place of another. */
static int replace_current(Lender *lender, Lent *lent)
{
    PyObject *type, *error, *trace;
    PyErr_Fetch(&type, &error, &trace);
    PyObject *outer = PyObject_CallOneArg(lender->current_task, lender->loop);
    if (outer == NULL || outer == Py_None) {
        Py_XDECREF(outer);
        PyErr_Restore(type, error, trace);
        return -1;
    }
    Py_XDECREF(type);
    Py_XDECREF(error);
    Py_XDECREF(trace);
    if (tell_loop(lender->leave_task, lender->loop, outer) < 0) {
        Py_DECREF(outer);
        return -1;
    }
    if (tell_loop(lender->enter_task, lender->loop, lent->task) == 0) {
        lent->outer = outer;
        return 0;
    }
    PyErr_Fetch(&type, &error, &trace);
    if (tell_loop(lender->enter_task, lender->loop, outer) < 0)
        PyErr_WriteUnraisable(outer);
    PyErr_Restore(type, error, trace);
    Py_DECREF(outer);
    return -1;
}

int lender_enter(Lender *lender, Lent *lent)
{
    if (tell_loop(lender->enter_task, lender->loop, lent->task) < 0 && replace_current(lender, lent) < 0)
        return -1;
    lent->before = mark_of(lent);
    return 0;
}

int lender_leave(Lender *lender, Lent *lent)
{
    int status = tell_loop(lender->leave_task, lender->loop, lent->task);
    if (lent->outer != NULL) {
        if (tell_loop(lender->enter_task, lender->loop, lent->outer) < 0)
            status = -1;
        Py_CLEAR(lent->outer);
    }
    return status;
}

int lender_is_used(Lender *lender, const Lent *lent)
{
    if (lent->driver->is_used_up || is_known(lent->before, mark_of(lent)))
        return 1;
    PyObject *count = PyObject_CallMethodNoArgs(lent->task, lender->cancelling); /* without the task's own `cancel` */
    int is_cancelled = count == NULL ? -1 : PyObject_IsTrue(count);
    Py_XDECREF(count);
    return is_cancelled;
}

int lender_take_back(Lender *lender, Lent *lent, bool is_used, PyObject *error)
{
    int status = 0;
    if (!is_used && lender->kept < TASKS_KEPT && !lender->is_closed) {
        lender->tasks[lender->kept] = lent->task;
        lender->drivers[lender->kept++] = lent->driver;
    }
    else {
        status = driver_finish(lent->driver, error);
        Py_DECREF(lent->task);
        Py_DECREF(lent->driver);
    }
    lent->task = NULL;
    lent->driver = NULL;
    return status;
}

/* Let tasks go until `count` are kept, or one cannot be told. */
static int let_go(Lender *lender, int count)
{
    while (lender->kept > count) {
        lender->kept--;
        Lent lent = {lender->tasks[lender->kept], lender->drivers[lender->kept]};
        if (lender_take_back(lender, &lent, true, NULL) < 0)
            return -1;
    }
    return 0;
}

int lender_relax(Lender *lender)
{
    int surplus = lender->unused > 1 ? lender->unused - 1 : 0;
    int status = let_go(lender, lender->kept - surplus);
    lender->unused = lender->kept;
    return status;
}

int lender_close(Lender *lender)
{
    lender->is_closed = true;
    return let_go(lender, 0);
}

int lender_traverse(Lender *lender, visitproc visit, void *arg)
{
    Py_VISIT(lender->loop);
    Py_VISIT(lender->enter_task);
    Py_VISIT(lender->leave_task);
    Py_VISIT(lender->current_task);
    Py_VISIT(lender->make_task);
    Py_VISIT(lender->driver_type);
    for (int at = 0; at < lender->kept; at++) {
        Py_VISIT(lender->tasks[at]);
        Py_VISIT(lender->drivers[at]);
    }
    return 0;
}

void lender_clear(Lender *lender)
{
    lender->is_closed = true;
    while (lender->kept > 0) {
        lender->kept--;
        Py_CLEAR(lender->tasks[lender->kept]);
        Py_CLEAR(lender->drivers[lender->kept]);
    }
}

void lender_free(Lender *lender)
{
    Py_XDECREF(lender->loop);
    Py_XDECREF(lender->enter_task);
    Py_XDECREF(lender->leave_task);
    Py_XDECREF(lender->current_task);
    Py_XDECREF(lender->make_task);
    Py_XDECREF(lender->cancelling);
    Py_XDECREF(lender->call_soon);
    Py_XDECREF(lender->add_done_callback);
    Py_XDECREF(lender->get_loop);
    Py_XDECREF(lender->result);
    Py_XDECREF(lender->blocking);
    Py_XDECREF(lender->with_context);
    Py_XDECREF(lender->driver_type);
}
