/* Stepping a call that waits by hand: its task is lent to it, as what it can be cancelled by, until it ends.
 *
 * A task that drives a call ends with it, and making another one is a third of what waiting costs. So here the loop
 * calls the driver itself when what the call waits for is done, and the task, which waits for its driver meanwhile, is
 * merely the current one. As soon as it has to do more than that, because it is cancelled, or because the call yields
 * something unusual, the call is left to it.
 */
#include "driver.h"

void driver_lend(const Lent *lent, Lender *lender)
{
    Driver *driver = lent->driver;
    if (driver->is_used_up)
        return;
    driver->owner = Py_NewRef(lender->owner);
    driver->lender = lender;
    driver->task = Py_NewRef(lent->task);
    driver->before = lent->before;
}

void driver_own(Driver *driver)
{
    driver->lender = NULL;
    Py_CLEAR(driver->owner);
    Py_CLEAR(driver->task);
    Py_CLEAR(driver->step);
}

/* Raise `fault`, which is taken over, if there is one and nothing was raised after it. Returns `status`, or -1. */
static int raise_beside(PyObject *fault, int status)
{
    if (fault != NULL && status == 0) {
        PyErr_SetObject((PyObject *)Py_TYPE(fault), fault);
        status = -1;
    }
    Py_XDECREF(fault);
    return status;
}

static PyMethodDef STEP = {"step", (PyCFunction)(void (*)(void))driver_step_by_hand, METH_FASTCALL, NULL};

/* object.name(step, context=...). The driver itself is a coroutine: a loop in debug mode takes none for a callback. */
static PyObject *call_in_context(Driver *driver, PyObject *object, PyObject *name)
{
    if (driver->step == NULL && (driver->step = PyCFunction_New(&STEP, (PyObject *)driver)) == NULL)
        return NULL;
    PyObject *args[] = {object, driver->step, driver->context};
    return PyObject_VectorcallMethod(name, args, 2, driver->lender->with_context);
}

/* Whether `awaited` is a future that was awaited in the usual way: 1 if so, and its mark is cleared; -1: an error. */
static int is_usual(Driver *driver, PyObject *awaited)
{
    Lender *lender = driver->lender;
    PyObject *mark = awaited == driver->task ? NULL : PyObject_GetAttr(awaited, lender->blocking);
    if (mark == NULL) {
        PyErr_Clear();
        return 0;
    }
    Py_DECREF(mark);
    if (mark != Py_True)
        return 0;
    PyObject *loop = PyObject_CallMethodNoArgs(awaited, lender->get_loop);
    if (loop == NULL)
        PyErr_Clear();
    Py_XDECREF(loop);
    if (loop != lender->loop)
        return 0;
    return PyObject_SetAttr(awaited, lender->blocking, Py_False) < 0 ? -1 : 1;
}

int driver_wait_by_hand(Driver *driver, PyObject *awaited)
{
    bool is_task_s = driver->is_used_up || driver->on_end == NULL;
    int is_for_us = is_task_s ? 0 : awaited == Py_None ? 1 : is_usual(driver, awaited);
    if (is_for_us <= 0)
        return is_for_us;
    if (awaited == Py_None) {
        driver->handle = call_in_context(driver, driver->lender->loop, driver->lender->call_soon);
        return driver->handle == NULL ? -1 : 1;
    }
    driver->awaited = Py_NewRef(awaited);
    PyObject *done = call_in_context(driver, awaited, driver->lender->add_done_callback);
    if (done == NULL)
        Py_CLEAR(driver->awaited);
    Py_XDECREF(done);
    return done == NULL ? -1 : 1;
}

bool driver_throw_by_hand(Driver *driver, PyObject *error)
{
    driver->handle = call_in_context(driver, driver->lender->loop, driver->lender->call_soon);
    if (driver->handle != NULL)
        Py_XSETREF(driver->error, Py_NewRef(error));
    else
        PyErr_Clear(); /* what there is to tell is `error` */
    return driver->handle != NULL;
}

int driver_stop_by_hand(Driver *driver)
{
    PyObject *awaited = driver->awaited, *handle = driver->handle, *done;
    if (awaited == NULL && handle == NULL)
        return 0; /* in the middle of a step, which sees for itself that the task was cancelled */
    driver->awaited = driver->handle = NULL;
    if (handle != NULL)
        done = PyObject_CallMethod(handle, "cancel", NULL);
    else
        done = PyObject_CallMethod(awaited, "remove_done_callback", "O", driver->step);
    PyObject *fault = done == NULL ? driver_take_error() : NULL; /* a callback that stays does nothing any more */
    PyObject *error = driver->error;
    driver->error = NULL;
    int status = driver_leave_to_task(driver, awaited != NULL ? awaited : Py_None, awaited != NULL, error);
    Py_XDECREF(error);
    Py_XDECREF(done);
    Py_XDECREF(awaited);
    Py_XDECREF(handle);
    return raise_beside(fault, status);
}

static bool ends_process(PyObject *error)
{
    return PyErr_GivenExceptionMatches(error, PyExc_KeyboardInterrupt)
           || PyErr_GivenExceptionMatches(error, PyExc_SystemExit);
}

/* The call is over: the task is for the next one, or ends. Returns -1 with an exception that is for the loop. */
static int give_back(Lender *lender, Lent *lent, PyObject *error)
{
    Py_CLEAR(lent->driver->call);
    bool is_for_loop = error != NULL && (ends_process(error) || PyErr_GivenExceptionMatches(error, PyExc_Exception));
    int is_used = error != NULL ? 1 : lender_is_used(lender, lent);
    PyObject *fault = is_used < 0 ? driver_take_error() : is_for_loop ? Py_NewRef(error) : NULL;
    int status = raise_beside(fault, lender_leave(lender, lent));
    fault = status < 0 ? driver_take_error() : NULL;
    return raise_beside(fault, lender_take_back(lender, lent, is_used != 0, is_for_loop ? NULL : error));
}

/* One step of the call, into which `error` is thrown if there is one. */
static int step(Driver *driver, PyObject *error)
{
    PyObject *owner = Py_NewRef(driver->owner), *told = NULL;
    Lender *lender = driver->lender;
    Lent lent = {driver->task, (Driver *)Py_NewRef(driver)};
    int status;
    driver->task = NULL; /* or it would look like one that is used */
    if (lender_enter(lender, &lent) < 0) {
        PyObject *fault = driver_take_error(); /* which is for the loop; the call goes on */
        driver->task = lent.task;
        status = raise_beside(fault, driver_leave_to_task(driver, Py_None, false, error));
        Py_DECREF(driver);
        Py_DECREF(owner);
        return status;
    }
    PySendResult sent = driver_advance(driver->call, Py_None, error, &told);
    if (sent != PYGEN_NEXT)
        sent = driver_ended(driver, sent, &told);
    PyObject *raised = sent == PYGEN_ERROR ? driver_take_error() : NULL;
    if (sent == PYGEN_NEXT) {
        PyObject *fault = lender_leave(lender, &lent) < 0 ? driver_take_error() : NULL;
        driver->task = lent.task;
        status = raise_beside(fault, driver_wait(driver, told));
        Py_DECREF(driver);
    }
    else {
        lent.before = driver->before;
        driver->lender = NULL;
        Py_CLEAR(driver->owner);
        status = give_back(lender, &lent, raised);
    }
    Py_DECREF(owner);
    Py_XDECREF(told);
    Py_XDECREF(raised);
    return status;
}

PyObject *driver_step_by_hand(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    Driver *driver = (Driver *)self;
    if (driver->lender == NULL || (driver->awaited == NULL && driver->handle == NULL))
        Py_RETURN_NONE; /* the task goes on with it */
    PyObject *error = driver->error;
    driver->error = NULL;
    Py_CLEAR(driver->handle);
    Py_CLEAR(driver->awaited);
    if (count > 0) {
        PyObject *result = PyObject_CallMethodNoArgs(args[0], driver->lender->result);
        error = result == NULL ? driver_take_error() : NULL;
        Py_XDECREF(result);
    }
    int status = step(driver, error);
    Py_XDECREF(error);
    if (status < 0)
        return NULL;
    Py_RETURN_NONE;
}
