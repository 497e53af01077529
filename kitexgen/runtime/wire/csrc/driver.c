/* The type `Driver`: a coroutine that waits until it is given one that was begun, then runs that to its end. */
#include "driver.h"

#include <structmember.h>

static const char BLOCKING[] = "_asyncio_future_blocking";

static int wake(Driver *driver)
{
    if (driver->waiter == NULL)
        return 0;
    PyObject *done = PyObject_CallMethod(driver->waiter, "done", NULL);
    int is_done = done != NULL ? PyObject_IsTrue(done) : -1;
    Py_XDECREF(done);
    if (is_done != 0)
        return is_done < 0 ? -1 : 0;
    done = PyObject_CallMethod(driver->waiter, "set_result", "O", Py_None);
    Py_XDECREF(done);
    return done == NULL ? -1 : 0;
}

int driver_finish(Driver *driver, PyObject *error)
{
    driver->is_over = true;
    Py_CLEAR(driver->step);
    Py_CLEAR(driver->cancelled);
    Py_XSETREF(driver->error, Py_XNewRef(error));
    return wake(driver);
}

/* finish(): end without having driven anything. */
static PyObject *finish(PyObject *self, PyObject *unused)
{
    if (driver_finish((Driver *)self, NULL) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* take_over(call, awaited[, on_end]): go on with `call`, whose first step ended in waiting for `awaited`.
 *
 * `on_end(value, error)` is called in the call's context when it ends, one of the two being None. The task's own result
 * is None then; its error is one that is no Exception.
 */
static PyObject *take_over(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    Driver *driver = (Driver *)self;
    if (count != 2 && count != 3)
        return PyErr_Format(PyExc_TypeError, "take_over(call, awaited[, on_end])");
    if (driver->call != NULL)
        return PyErr_Format(PyExc_RuntimeError, "a driver that has a call already");
    Py_XSETREF(driver->on_end, count == 3 ? Py_NewRef(args[2]) : NULL);
    driver->call = Py_NewRef(args[0]);
    if (driver_wait(driver, args[1]) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* Whether `awaited` was awaited in the usual way, by the mark that says so, which is taken off it: tasks do that when
 * they have seen it, and another call may wait for the same future meanwhile. -1 with an exception.
 */
static int take_mark(PyObject *awaited)
{
    if (awaited == Py_None)
        return 0;
    PyObject *mark = PyObject_GetAttrString(awaited, BLOCKING);
    int is_set = mark != NULL ? PyObject_IsTrue(mark) : -1;
    Py_XDECREF(mark);
    if (mark == NULL && PyErr_ExceptionMatches(PyExc_AttributeError)) {
        PyErr_Clear();
        return 0;
    }
    return is_set > 0 && PyObject_SetAttrString(awaited, BLOCKING, Py_False) < 0 ? -1 : is_set;
}

/* The call ends here, with the error that is set: nobody can go on with it. -1 with an exception for the loop. */
static int give_up(Driver *driver)
{
    PyObject *told = NULL, *error = driver_take_error();
    driver_own(driver);
    Py_CLEAR(driver->awaited);
    Py_CLEAR(driver->call);
    driver->is_over = driver->is_used_up = true;
    PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    Py_DECREF(error);
    PySendResult sent = driver_ended(driver, PYGEN_ERROR, &told);
    Py_XDECREF(told);
    return sent == PYGEN_ERROR ? -1 : 0;
}

int driver_leave_to_task(Driver *driver, PyObject *awaited, bool is_blocking, PyObject *error)
{
    driver_own(driver);
    driver->is_taken = true;
    driver->is_blocking = is_blocking;
    Py_XSETREF(driver->awaited, Py_NewRef(awaited));
    Py_XSETREF(driver->error, Py_XNewRef(error));
    if (driver->is_over)
        PyErr_SetString(PyExc_RuntimeError, "the task of a call has ended before the call");
    else if (wake(driver) == 0)
        return 0;
    return give_up(driver);
}

int driver_wait(Driver *driver, PyObject *awaited)
{
    int is_by_hand = driver->lender != NULL ? driver_wait_by_hand(driver, awaited) : 0;
    if (is_by_hand > 0)
        return 0;
    int is_blocking = is_by_hand == 0 ? take_mark(awaited) : -1;
    if (is_blocking >= 0)
        return driver_leave_to_task(driver, awaited, is_blocking != 0, NULL);
    PyObject *error = driver_take_error();
    int status = 0;
    if (is_by_hand == 0 || !driver_throw_by_hand(driver, error))
        status = driver_leave_to_task(driver, Py_None, false, error);
    Py_DECREF(error);
    return status;
}

void driver_drop(Driver *driver)
{
    PyObject *type, *error, *trace;
    PyErr_Fetch(&type, &error, &trace);
    driver_own(driver);
    if (driver_finish(driver, NULL) < 0)
        PyErr_WriteUnraisable((PyObject *)driver);
    PyErr_Restore(type, error, trace);
}

/* What the task has to wait for, as the call itself would have handed it over. */
static PyObject *give_awaited(Driver *driver)
{
    PyObject *awaited = driver->awaited;
    driver->awaited = NULL;
    driver->is_taken = false;
    if (driver->is_blocking && PyObject_SetAttrString(awaited, BLOCKING, Py_True) < 0)
        Py_CLEAR(awaited);
    return awaited;
}

static PyObject *wait_at_hand(Driver *driver)
{
    PyObject *waiter = PyObject_CallMethod(driver->loop, "create_future", NULL);
    if (waiter == NULL || PyObject_SetAttrString(waiter, BLOCKING, Py_True) < 0) {
        Py_XDECREF(waiter);
        return NULL;
    }
    Py_XSETREF(driver->waiter, Py_NewRef(waiter));
    return waiter;
}

PyObject *driver_take_error(void)
{
    PyObject *type, *error, *trace;
    PyErr_Fetch(&type, &error, &trace);
    PyErr_NormalizeException(&type, &error, &trace);
    if (trace != NULL)
        PyException_SetTraceback(error, trace);
    Py_XDECREF(type);
    Py_XDECREF(trace);
    return error;
}

PyObject *driver_interruption(PyObject *cancelled)
{
    PyObject *error = PyObject_CallMethod(cancelled, "interruption", NULL);
    if (error == Py_None)
        Py_CLEAR(error);
    return error;
}

PySendResult driver_ended(Driver *driver, PySendResult sent, PyObject **told)
{
    PyObject *cancelled = driver->cancelled, *on_end = driver->on_end;
    driver->cancelled = driver->on_end = NULL;
    if (on_end == NULL) {
        Py_XDECREF(cancelled); /* the task itself tells, and sees to that */
        return sent;
    }
    PyObject *error = sent == PYGEN_ERROR ? driver_take_error() : NULL;
    if (sent == PYGEN_RETURN && cancelled != NULL) {
        error = driver_interruption(cancelled);
        if (error == NULL && PyErr_Occurred())
            error = driver_take_error();
    }
    Py_XDECREF(cancelled);
    PyObject *args[] = {error == NULL ? *told : Py_None, error == NULL ? Py_None : error};
    PyObject *done = PyObject_Vectorcall(on_end, args, 2, NULL);
    Py_DECREF(on_end);
    Py_XDECREF(*told);
    *told = NULL;
    if (done != NULL && error != NULL && !PyErr_GivenExceptionMatches(error, PyExc_Exception)) {
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
        Py_CLEAR(done);
    }
    Py_XDECREF(error);
    if (done == NULL)
        return PYGEN_ERROR;
    Py_DECREF(done);
    *told = Py_NewRef(Py_None);
    return PYGEN_RETURN;
}

/* Enter the context of the call, which may change that of its driver meanwhile; NULL with an exception. */
static PyObject *enter_context(Driver *driver)
{
    PyObject *context = Py_XNewRef(driver->context);
    if (context == NULL)
        PyErr_SetString(PyExc_RuntimeError, "a driver without a context");
    else if (PyContext_Enter(context) < 0)
        Py_CLEAR(context);
    return context;
}

/* Leave it. An exception that is set stays. */
static void exit_context(PyObject *context)
{
    PyObject *type, *error, *trace;
    PyErr_Fetch(&type, &error, &trace);
    PyContext_Exit(context);
    PyErr_Restore(type, error, trace);
    Py_DECREF(context);
}

/* Step the call, from within a step of the task. */
static PySendResult step_call(Driver *driver, PyObject *value, PyObject *thrown, PyObject **told)
{
    *told = NULL;
    PyObject *context = enter_context(driver), *call = Py_NewRef(driver->call);
    PySendResult sent = PYGEN_ERROR;
    Py_CLEAR(driver->cancelled);
    if (context != NULL) {
        sent = driver_advance(call, value, thrown, told);
        if (sent != PYGEN_NEXT) {
            driver->is_over = true;
            sent = driver_ended(driver, sent, told);
        }
        exit_context(context);
    }
    Py_DECREF(call);
    return sent;
}

/* The next step of the task. */
static PySendResult drive(PyObject *self, PyObject *value, PyObject **told)
{
    Driver *driver = (Driver *)self;
    *told = NULL;
    if (driver->is_over) {
        if (driver->error != NULL) {
            PyErr_SetObject((PyObject *)Py_TYPE(driver->error), driver->error);
            return PYGEN_ERROR;
        }
        *told = Py_NewRef(Py_None);
        return PYGEN_RETURN;
    }
    if (driver->call == NULL || driver->lender != NULL) {
        *told = wait_at_hand(driver);
        driver->is_over = *told == NULL;
        return *told != NULL ? PYGEN_NEXT : PYGEN_ERROR;
    }
    PyObject *thrown = driver->error;
    driver->error = NULL;
    if (driver->is_taken) {
        *told = give_awaited(driver);
        if (*told != NULL && *told != Py_None) {
            Py_XDECREF(thrown);
            return PYGEN_NEXT;
        }
        if (*told == NULL)
            Py_XSETREF(thrown, driver_take_error());
        Py_CLEAR(*told);
    }
    PySendResult sent = step_call(driver, value, thrown, told);
    Py_XDECREF(thrown);
    return sent;
}

/* As a coroutine's `send` and `throw` have it. */
static PyObject *as_method(PySendResult sent, PyObject *told)
{
    if (sent != PYGEN_RETURN)
        return told;
    /* Not by PyErr_SetObject alone, which would take a tuple for arguments. */
    PyObject *stop = PyObject_CallOneArg(PyExc_StopIteration, told);
    Py_DECREF(told);
    if (stop != NULL)
        PyErr_SetObject(PyExc_StopIteration, stop);
    Py_XDECREF(stop);
    return NULL;
}

static PyObject *send(PyObject *self, PyObject *value)
{
    PyObject *told;
    PySendResult sent = drive(self, value, &told);
    return as_method(sent, told);
}

/* Cancel what the call waits for, as a task does that is cancelled. Gives it when it took that, None when not. */
static PyObject *cancel_awaited(Driver *driver, PyObject *error)
{
    PyObject *awaited = give_awaited(driver);
    if (awaited == NULL || !driver->is_blocking)
        return awaited == NULL ? NULL : (Py_DECREF(awaited), Py_NewRef(Py_None));
    PyObject *args = PyObject_GetAttrString(error, "args"), *first = NULL, *cancel = NULL, *done = NULL;
    if (args != NULL)
        first = PySequence_GetSlice(args, 0, 1);
    if (first != NULL && (cancel = PyObject_GetAttrString(awaited, "cancel")) != NULL)
        done = PyObject_CallObject(cancel, first);
    int is_done = done != NULL ? PyObject_IsTrue(done) : -1;
    Py_XDECREF(args);
    Py_XDECREF(first);
    Py_XDECREF(cancel);
    Py_XDECREF(done);
    if (is_done > 0)
        return awaited;
    Py_DECREF(awaited);
    return is_done < 0 ? NULL : Py_NewRef(Py_None);
}

PySendResult driver_advance(PyObject *call, PyObject *value, PyObject *error, PyObject **told)
{
    if (error == NULL) {
        PySendResult sent = PyIter_Send(call, value, told);
        /* Nobody checks that in PyIter_Send, and from 3.12 on some versions lose the error when memory is refused to the
         * frames that it passes: gh-131173.
         */
        if (UNLIKELY(sent == PYGEN_ERROR && PyErr_Occurred() == NULL))
            PyErr_SetString(PyExc_SystemError, "a call ended with neither a value nor an exception");
        return sent;
    }
    *told = PyObject_CallMethod(call, "throw", "O", error);
    if (*told != NULL)
        return PYGEN_NEXT;
    if (!PyErr_ExceptionMatches(PyExc_StopIteration))
        return PYGEN_ERROR;
    PyObject *stop = driver_take_error();
    *told = PyObject_GetAttrString(stop, "value");
    Py_DECREF(stop);
    return *told != NULL ? PYGEN_RETURN : PYGEN_ERROR;
}

static PyObject *throw(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    Driver *driver = (Driver *)self;
    if (count < 1)
        return PyErr_Format(PyExc_TypeError, "throw(error)");
    if (driver->lender != NULL && driver_stop_by_hand(driver) < 0)
        return NULL;
    if (driver->call == NULL) {
        driver->is_over = true;
        if (PyExceptionInstance_Check(args[0]))
            PyErr_SetObject((PyObject *)Py_TYPE(args[0]), args[0]);
        else
            PyErr_SetObject(args[0], count > 1 ? args[1] : NULL);
        return NULL;
    }
    Py_CLEAR(driver->error); /* as with tasks: who cancels a call throws that into it, whatever else was to be */
    PyObject *thrown = Py_NewRef(args[0]), *told;
    if (driver->is_taken) {
        told = cancel_awaited(driver, thrown);
        if (told != NULL && told != Py_None) {
            Py_DECREF(thrown);
            return told; /* the task learns by that that it was cancelled */
        }
        if (told == NULL)
            Py_SETREF(thrown, driver_take_error());
        Py_XDECREF(told);
    }
    PySendResult sent = step_call(driver, NULL, thrown, &told);
    Py_DECREF(thrown);
    return as_method(sent, told);
}

static PyObject *close_call(PyObject *self, PyObject *unused)
{
    Driver *driver = (Driver *)self;
    if (driver->call == NULL)
        Py_RETURN_NONE;
    return PyObject_CallMethod(driver->call, "close", NULL);
}

static PyObject *await(PyObject *self)
{
    return PyErr_Format(PyExc_RuntimeError, "only a task runs this");
}

static PyObject *await_method(PyObject *self, PyObject *unused) { return await(self); }

static int driver_init(PyObject *self, PyObject *args, PyObject *names)
{
    Driver *driver = (Driver *)self;
    static char *words[] = {"loop", NULL};
    PyObject *loop;
    if (!PyArg_ParseTupleAndKeywords(args, names, "O", words, &loop))
        return -1;
    PyObject *context = PyContext_New();
    if (context == NULL)
        return -1;
    Py_XSETREF(driver->loop, Py_NewRef(loop));
    Py_XSETREF(driver->context, context);
    return 0;
}

/* use_up(): the task is for no other call than the one that it is current in. */
static PyObject *use_up(PyObject *self, PyObject *unused)
{
    Driver *driver = (Driver *)self;
    driver->is_used_up = true;
    if (driver->lender != NULL && driver_stop_by_hand(driver) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* will_be_cancelled(task): `cancel` is asked of the task, which might be taken back if that is within a step: so it
 * shall wait for nothing.
 */
static PyObject *will_be_cancelled(PyObject *self, PyObject *task)
{
    Driver *driver = (Driver *)self;
    PyObject *done = use_up(self, NULL);
    if (done != NULL && wake(driver) < 0)
        Py_CLEAR(done);
    if (done != NULL && !driver->is_over)
        Py_XSETREF(driver->cancelled, Py_NewRef(task));
    return done;
}

static int driver_traverse(PyObject *self, visitproc visit, void *arg)
{
    Driver *driver = (Driver *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(driver->loop);
    Py_VISIT(driver->waiter);
    Py_VISIT(driver->call);
    Py_VISIT(driver->awaited);
    Py_VISIT(driver->context);
    Py_VISIT(driver->on_end);
    Py_VISIT(driver->error);
    Py_VISIT(driver->cancelled);
    Py_VISIT(driver->handle);
    Py_VISIT(driver->step);
    Py_VISIT(driver->owner);
    Py_VISIT(driver->task);
    return 0;
}

static int driver_clear(PyObject *self)
{
    Driver *driver = (Driver *)self;
    Py_CLEAR(driver->loop);
    Py_CLEAR(driver->waiter);
    Py_CLEAR(driver->call);
    Py_CLEAR(driver->awaited);
    Py_CLEAR(driver->context);
    Py_CLEAR(driver->on_end);
    Py_CLEAR(driver->error);
    Py_CLEAR(driver->cancelled);
    Py_CLEAR(driver->handle);
    driver_own(driver);
    driver->is_over = true;
    return 0;
}

static void driver_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    driver_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef DRIVER_METHODS[] = {
    {"take_over", (PyCFunction)(void (*)(void))take_over, METH_FASTCALL, NULL},
    {"finish", finish, METH_NOARGS, NULL},
    {"use_up", use_up, METH_NOARGS, NULL},
    {"will_be_cancelled", will_be_cancelled, METH_O, NULL},
    {"send", send, METH_O, NULL},
    {"throw", (PyCFunction)(void (*)(void))throw, METH_FASTCALL, NULL},
    {"close", close_call, METH_NOARGS, NULL},
    {"__await__", await_method, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef DRIVER_MEMBERS[] = {
    {"context", T_OBJECT_EX, offsetof(Driver, context), 0, NULL},
    {"is_used_up", T_BOOL, offsetof(Driver, is_used_up), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot DRIVER_SLOTS[] = {
    {Py_tp_doc, "What the task of a call runs: `kitexgen.runtime.server.stepping`."},
    {Py_tp_init, driver_init},
    {Py_tp_new, PyType_GenericNew},
    {Py_tp_dealloc, driver_dealloc},
    {Py_tp_traverse, driver_traverse},
    {Py_tp_clear, driver_clear},
    {Py_tp_methods, DRIVER_METHODS},
    {Py_tp_members, DRIVER_MEMBERS},
    {Py_am_send, drive},
    {Py_am_await, await},
    {0, NULL},
};

PyType_Spec DRIVER_SPEC = {
    .name = "kitexgen.runtime.wire._native.Driver",
    .basicsize = sizeof(Driver),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = DRIVER_SLOTS,
};
