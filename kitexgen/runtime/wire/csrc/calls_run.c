/* Running usual calls one after the other, each up to where it first waits. What a step is: server/stepping.py. */
#include "calls.h"
#include "layout.h"
#include "registry.h"

/* Arguments of a handler that go without a tuple made for them. */
#define FEW 8

/* What `leave` tells. */
enum { LEFT_TRANSPORT = 3, LEFT_INFO = 4, LEFT_PLACE = 10, LEFT_COUNT = 11 };

/* How a step ended. */
typedef enum { ANSWERED, RAISED, WAITS, BROKEN } Outcome;

/* The slots of the arguments that the handler takes; false when they are none. */
static bool find_places(Method *method)
{
    Py_ssize_t *places = PyMem_Calloc((size_t)method->parameters + 1, sizeof(Py_ssize_t));
    if (places == NULL)
        return false;
    for (int at = 0; at < method->parameters; at++) {
        places[at] = slot_offset((PyTypeObject *)method->arguments, method->names[at]);
        if (places[at] < 0) {
            PyErr_Clear();
            PyMem_Free(places);
            return false;
        }
    }
    method->places = places;
    return true;
}

/* What is to be stepped: the handler's coroutine, or that of what stands before it. */
static PyObject *call_begin(Calls *calls, Method *method, PyObject *info, PyObject *arguments)
{
    PyObject *begun;
    if (method->function != Py_None && method->parameters <= FEW && (method->places != NULL || find_places(method))) {
        PyObject *values[FEW + 1];
        for (int at = 0; at < method->parameters; at++)
            values[1 + at] = *slot_of(arguments, method->places[at]);
        begun = PyObject_Vectorcall(method->function, values + 1,
                                    (size_t)method->parameters | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    }
    else {
        PyObject *values[] = {NULL, info, arguments};
        begun = PyObject_Vectorcall(calls->endpoint, values + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    }
    if (begun == NULL || PyCoro_CheckExact(begun))
        return begun;
    PyObject *call = PyObject_CallOneArg(calls->awaiting, begun);
    Py_DECREF(begun);
    return call;
}

/* Step a call once in its context. `*call` is what was stepped, `*told` its value, its error or what it waits for. */
static Outcome step(Calls *calls, Method *method, PyObject *info, PyObject *arguments, PyObject *context,
                    PyObject *arrived, PyObject **call, PyObject **told)
{
    if (PyContext_Enter(context) < 0)
        return BROKEN;
    PyObject *token = PyContextVar_Set(calls->current, info);
    Py_XDECREF(token);
    if (token != NULL && arrived != calls->no_metainfo) {
        token = PyContextVar_Set(calls->forward, arrived);
        Py_XDECREF(token);
    }
    if (token == NULL) {
        PyContext_Exit(context);
        return BROKEN;
    }
    *call = call_begin(calls, method, info, arguments);
    PySendResult sent = *call == NULL ? PYGEN_ERROR : driver_advance(*call, Py_None, NULL, told);
    Outcome outcome = sent == PYGEN_RETURN ? ANSWERED : sent == PYGEN_NEXT ? WAITS : RAISED;
    if (outcome == RAISED)
        *told = driver_take_error();
    if (PyContext_Exit(context) < 0)
        return BROKEN;
    if (outcome == RAISED && (PyErr_GivenExceptionMatches(*told, PyExc_KeyboardInterrupt)
                              || PyErr_GivenExceptionMatches(*told, PyExc_SystemExit))) {
        PyErr_SetObject((PyObject *)Py_TYPE(*told), *told);
        return BROKEN;
    }
    return outcome;
}

/* Tell Python of a call that is left to it, and where what follows it begins. */
static PyObject *leave(Calls *calls, const Request *request, Outcome outcome, PyObject *info, PyObject *arguments,
                       PyObject *context, PyObject *call, PyObject *told, PyObject *task)
{
    static const char *const words[] = {"answered", "raised", "waits"};
    return Py_BuildValue("nsOiOOOOOOn", request->next, words[outcome], request->method->bound, (int)request->transport,
                         info, arguments, context, call != NULL ? call : Py_None, told, task,
                         (Py_ssize_t)(request->method - calls->methods));
}

/* Add the reply to `replies`. Returns its size, 0 when it is not there, -1 with an exception. */
static Py_ssize_t reply(Calls *calls, const Request *request, PyObject *info, PyObject *value, Replies *replies)
{
    PyObject *made = reply_write(calls, request, info, value);
    if (made == NULL) {
        if (!PyErr_Occurred())
            return 0;
        if (PyErr_ExceptionMatches(PyExc_MemoryError) || !PyErr_ExceptionMatches(PyExc_Exception))
            return -1;
        PyErr_Clear(); /* the long way finds out what is wrong with the value */
        return 0;
    }
    replies->items[replies->count++] = made;
    return PyBytes_GET_SIZE(made);
}

/* Take the task back from a call that did not wait, if it may be used no more. */
static int regain(Lender *lender, Lent *lent, bool is_broken)
{
    int is_used = is_broken ? 1 : lender_is_used(lender, lent);
    if (is_used <= 0)
        return is_used;
    PyObject *type, *error, *trace;
    PyErr_Fetch(&type, &error, &trace);
    int status = lender_leave(lender, lent);
    if (lender_take_back(lender, lent, true, NULL) < 0)
        status = -1;
    if (type != NULL)
        PyErr_Restore(type, error, trace);
    return status;
}

/* What a call that gave `*told` came to: that, unless it has cancelled itself. */
static Outcome value_or_interruption(PyObject *cancelled, PyObject **told)
{
    PyObject *error = driver_interruption(cancelled);
    if (error == NULL)
        return PyErr_Occurred() ? BROKEN : ANSWERED;
    Py_SETREF(*told, error);
    return RAISED;
}

/* Run one call. ALL when it is answered and the next may come; LEFT with what to tell Python of it. */
static Stop run_one(Calls *calls, Lent *lent, const Request *request, PyObject *arguments, PyObject *peer,
                    Replies *replies, Left *left)
{
    PyObject *info = request_info(calls, request, peer), *context = info != NULL ? PyContext_Copy(calls->base) : NULL;
    if (context == NULL) {
        Py_XDECREF(info);
        return STOPPED;
    }
    unsigned long halts = calls->halts;
    PyObject *arrived = request->told ? PyTuple_GET_ITEM(request->told, TOLD_ARRIVED) : calls->no_metainfo;
    PyObject *call = NULL, *told = NULL, *task = NULL;
    Stop stop = STOPPED;
    Py_XSETREF(lent->driver->context, Py_NewRef(context));
    Outcome outcome = step(calls, request->method, info, arguments, context, arrived, &call, &told);
    if (UNLIKELY(outcome == ANSWERED && lent->driver->cancelled != NULL))
        outcome = value_or_interruption(lent->driver->cancelled, &told);
    Py_ssize_t replied = 0;
    if (outcome == WAITS) {
        replied = lender_leave(&calls->lender, lent);
        driver_lend(lent, &calls->lender);
        task = lent->task;
        left->driver = lent->driver;
        lent->task = NULL;
        lent->driver = NULL;
    }
    else
        replied = regain(&calls->lender, lent, outcome == BROKEN);
    if (replied == 0 && outcome == ANSWERED && halts == calls->halts)
        replied = reply(calls, request, info, told, replies);
    if (replied > 0)
        stop = replied >= calls->large ? LARGE_REPLY : ALL;
    else if (replied == 0 && outcome != BROKEN) {
        left->told = leave(calls, request, outcome, info, arguments, context, call, told,
                           task != NULL ? task : Py_None);
        stop = left->told != NULL ? LEFT : STOPPED;
    }
    Py_XDECREF(task);
    Py_DECREF(info);
    Py_DECREF(context);
    Py_XDECREF(call);
    Py_XDECREF(told);
    return stop;
}

/* Whether the next call may be stepped: there is a task, which is the current one. */
static bool is_ready(Lender *lender, Lent *lent)
{
    if (lent->task != NULL)
        return true;
    if (lender_take(lender, lent) < 0)
        return false;
    if (lender_enter(lender, lent) == 0)
        return true;
    PyObject *error = driver_take_error();
    if (lender_take_back(lender, lent, false, NULL) == 0)
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    Py_DECREF(error);
    return false;
}

/* Read the next call: WHOLE with its arguments. */
static Found next_call(Calls *calls, Input input, Py_ssize_t at, bool is_multiplexed, Request *request,
                       PyObject **arguments)
{
    Found found = request_cut(calls, input, at, is_multiplexed, request);
    if (found != WHOLE)
        return found;
    *arguments = request_arguments(calls, request);
    if (*arguments != NULL)
        return WHOLE;
    if (PyErr_Occurred()) {
        if (PyErr_ExceptionMatches(PyExc_MemoryError) || !PyErr_ExceptionMatches(PyExc_Exception))
            return FAILED;
        PyErr_Clear(); /* the long way finds out what is wrong, if anything is */
    }
    return ODD;
}

/* The task is for the next run. An exception that is set stays. */
static int end_run(Lender *lender, Lent *lent)
{
    PyObject *type, *error, *trace;
    PyErr_Fetch(&type, &error, &trace);
    int status = lender_leave(lender, lent);
    if (lender_take_back(lender, lent, false, NULL) < 0)
        status = -1;
    if (type != NULL)
        PyErr_Restore(type, error, trace);
    return status;
}

Stop calls_run_all(Calls *calls, Input input, Py_ssize_t *at, PyObject *peer, bool is_multiplexed, Replies *replies,
                   Left *left)
{
    Lent lent = {NULL};
    Stop stop = ALL;
    if (calls->services == NULL || calls->state->paused)
        return ODD_CALL;
    while (stop == ALL && *at < input.size) {
        if (replies->calls_left <= 0) {
            stop = MORE;
            break;
        }
        replies->calls_left--;
        stop = STOPPED;
        Request request;
        PyObject *arguments = NULL;
        Found found = next_call(calls, input, *at, is_multiplexed, &request, &arguments);
        if (found == ODD || found == PART)
            stop = found == ODD ? ODD_CALL : PART_OF_CALL;
        else if (found == WHOLE && is_ready(&calls->lender, &lent)) {
            *at = request.next;
            stop = run_one(calls, &lent, &request, arguments, peer, replies, left);
        }
        Py_XDECREF(arguments);
        Py_XDECREF(request.told);
    }
    return lent.task != NULL && end_run(&calls->lender, &lent) < 0 ? STOPPED : stop;
}

PyObject *calls_told(Stop stop, Py_ssize_t at, const Left *left)
{
    static const char *const words[] = {
        [MORE] = "more", [ODD_CALL] = "odd", [PART_OF_CALL] = "part", [LARGE_REPLY] = "large", [ENDED] = "end",
    };
    if (stop == LEFT)
        return Py_NewRef(left->told);
    return stop == ALL ? Py_NewRef(Py_None) : Py_BuildValue("ns", at, words[stop]);
}

void left_drop(Left *left, bool is_told)
{
    if (left->driver != NULL && !is_told)
        driver_drop(left->driver);
    Py_CLEAR(left->driver);
    Py_CLEAR(left->told);
}

int calls_turn(PyObject *given)
{
    long turn = PyLong_AsLong(given);
    if (turn >= 0 && turn <= CALLS_AT_ONCE)
        return (int)turn;
    if (!PyErr_Occurred())
        PyErr_Format(PyExc_ValueError, "%ld calls cannot be run at once: %d can", turn, CALLS_AT_ONCE);
    return -1;
}

void replies_drop(Replies *replies)
{
    while (replies->count > 0)
        Py_DECREF(replies->items[--replies->count]);
}

PyObject *calls_reply(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    Calls *calls = (Calls *)self;
    Request request = {.told = NULL};
    Py_ssize_t place = -1, transport = -1;
    int64_t sequence_id;
    if (count == 2 && PyTuple_Check(args[0]) && PyTuple_GET_SIZE(args[0]) == LEFT_COUNT) {
        place = PyLong_AsSsize_t(PyTuple_GET_ITEM(args[0], LEFT_PLACE));
        transport = PyLong_AsSsize_t(PyTuple_GET_ITEM(args[0], LEFT_TRANSPORT));
    }
    PyObject *info = place < 0 ? NULL : PyTuple_GET_ITEM(args[0], LEFT_INFO);
    if (info == NULL || place >= calls->count || transport < FRAMED || transport > TTHEADER_FRAMED
        || !Py_IS_TYPE(info, calls->info.cls)) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "reply(left, value)");
        return NULL;
    }
    PyObject *number = *slot_of(info, calls->info.sequence_id);
    if (number == NULL || !PyLong_CheckExact(number) || !int_value(number, &sequence_id)
        || sequence_id != (int32_t)sequence_id)
        Py_RETURN_NONE;
    request.method = calls->methods + place;
    request.transport = (Transport)transport;
    request.sequence_id = (int32_t)sequence_id;
    PyObject *made = calls->state->paused ? NULL : reply_write(calls, &request, info, args[1]);
    if (made != NULL)
        return made;
    if (PyErr_Occurred()) {
        if (PyErr_ExceptionMatches(PyExc_MemoryError) || !PyErr_ExceptionMatches(PyExc_Exception))
            return NULL;
        PyErr_Clear(); /* the long way finds out what is wrong with the value */
    }
    Py_RETURN_NONE;
}

PyObject *calls_run(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    Calls *calls = (Calls *)self;
    if (count != 6 || !PyBytes_CheckExact(args[0]) || !PyLong_CheckExact(args[1]) || !PyList_CheckExact(args[4])
        || !PyLong_CheckExact(args[5]))
        return PyErr_Format(PyExc_TypeError, "run(data, at, peer, is_multiplexed, replies, turn)");
    Py_ssize_t at = PyLong_AsSsize_t(args[1]);
    if (at < 0 || at > PyBytes_GET_SIZE(args[0]))
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_ValueError, "%zd is no place in the data", at);
    Replies replies = {.calls_left = calls_turn(args[5])};
    if (replies.calls_left < 0)
        return NULL;
    Left left = {NULL};
    Input input = {(const uint8_t *)PyBytes_AS_STRING(args[0]), PyBytes_GET_SIZE(args[0])};
    Stop stop = calls_run_all(calls, input, &at, args[2], args[3] == Py_True, &replies, &left);
    for (int made = 0; made < replies.count && stop != STOPPED; made++)
        if (PyList_Append(args[4], replies.items[made]) < 0)
            stop = STOPPED;
    replies_drop(&replies);
    PyObject *told = stop != STOPPED ? calls_told(stop, at, &left) : NULL;
    left_drop(&left, told != NULL);
    return told;
}
