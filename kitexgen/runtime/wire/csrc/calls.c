/* The type `Calls`: the methods of a server, and what their calls need. */
#include "calls.h"
#include "module.h"
#include "slots.h"

#include <structmember.h>

typedef struct {
    const char *name;
    Py_ssize_t *offset;
} Slot;

static int find_slots(PyObject *cls, const Slot *slots, size_t count)
{
    for (size_t at = 0; at < count; at++) {
        PyObject *name = PyUnicode_InternFromString(slots[at].name);
        *slots[at].offset = name == NULL ? -1 : slot_offset((PyTypeObject *)cls, name);
        Py_XDECREF(name);
        if (*slots[at].offset < 0)
            return -1;
    }
    return 0;
}

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

static int know_info(InfoSlots *info, PyObject *cls)
{
    const Slot slots[] = {
        {"caller", &info->caller}, {"caller_method", &info->caller_method}, {"address", &info->address},
        {"timeout", &info->timeout}, {"deadline", &info->deadline}, {"sequence_id", &info->sequence_id},
        {"metainfo", &info->metainfo}, {"header", &info->header}, {"biz_status", &info->biz_status},
        {"_backward", &info->backward}, {"ends_connection", &info->ends_connection},
    };
    info->cls = (PyTypeObject *)Py_NewRef(cls);
    if (!is_only_slots(info->cls))
        return PyErr_Format(PyExc_TypeError, "instances of %R are more than slots", cls), -1;
    return find_slots(cls, slots, COUNT_OF(slots));
}

static int know_header(HeaderSlots *header, PyObject *cls)
{
    const Slot slots[] = {
        {"sequence_id", &header->sequence_id}, {"flags", &header->flags}, {"protocol_id", &header->protocol_id},
        {"string_infos", &header->string_infos}, {"int_infos", &header->int_infos},
    };
    header->cls = (PyTypeObject *)Py_NewRef(cls);
    if (!is_only_slots(header->cls))
        return PyErr_Format(PyExc_TypeError, "instances of %R are more than slots", cls), -1;
    return find_slots(cls, slots, COUNT_OF(slots));
}

/* Whether a class made of tuples of three, and nothing more, is at hand. */
static bool is_plain_tuple(PyObject *cls)
{
    PyTypeObject *type = (PyTypeObject *)cls;
    return PyType_Check(cls) && PyType_IsSubtype(type, &PyTuple_Type)
           && type->tp_basicsize == PyTuple_Type.tp_basicsize && type->tp_alloc == PyType_GenericAlloc;
}

/* Calls(): see `kitexgen.runtime.server.usual`, which alone makes one. All is given by name. */
static int calls_init(PyObject *self, PyObject *args, PyObject *names)
{
    static char *words[] = {"info", "header", "deadline", "current", "forward", "no_metainfo", "base", "loop",
                            "enter_task", "leave_task", "current_task", "make_task", "tell", "clock", "endpoint",
                            "awaiting", "info_area", "usual_size", "max_message", "large", NULL};
    Calls *calls = (Calls *)self;
    PyObject *info, *header, *deadline, *current, *forward, *no_metainfo, *base, *loop, *enter, *leave, *get, *make,
        *tell, *clock, *endpoint, *awaiting, *area;
    if (calls->module != NULL || calls->lender.owner != NULL)
        return PyErr_Format(PyExc_TypeError, "Calls are made once"), -1;
    if (!PyArg_ParseTupleAndKeywords(
            args, names, "$O!O!OO!O!OO!OOOOOOOOOSLLn", words, &PyType_Type, &info, &PyType_Type, &header, &deadline,
            &PyContextVar_Type, &current, &PyContextVar_Type, &forward, &no_metainfo, &PyContext_Type, &base, &loop,
            &enter, &leave, &get, &make, &tell, &clock, &endpoint, &awaiting, &area, &calls->usual_size,
            &calls->max_message, &calls->large))
        return -1;
    calls->module = Py_XNewRef(PyType_GetModule(Py_TYPE(self)));
    if (calls->module == NULL)
        return -1;
    if (!is_plain_tuple(deadline))
        return PyErr_Format(PyExc_TypeError, "%R is no plain tuple", deadline), -1;
    if (know_info(&calls->info, info) < 0 || know_header(&calls->header, header) < 0)
        return -1;
    calls->deadline = (PyTypeObject *)Py_NewRef(deadline);
    calls->current = Py_NewRef(current);
    calls->forward = Py_NewRef(forward);
    calls->no_metainfo = Py_NewRef(no_metainfo);
    calls->base = Py_NewRef(base);
    calls->lender = (Lender){
        .owner = self,
        .loop = Py_NewRef(loop),
        .enter_task = Py_NewRef(enter),
        .leave_task = Py_NewRef(leave),
        .current_task = Py_NewRef(get),
        .make_task = Py_NewRef(make),
    };
    calls->tell = Py_NewRef(tell);
    calls->clock = Py_NewRef(clock);
    calls->endpoint = Py_NewRef(endpoint);
    calls->awaiting = Py_NewRef(awaiting);
    calls->info_area = Py_NewRef(area);
    calls->state = PyModule_GetState(calls->module);
    calls->lender.driver_type = (PyTypeObject *)PyObject_GetAttrString(calls->module, "Driver");
    if (calls->lender.driver_type == NULL || lender_init(&calls->lender) < 0
        || (calls->nameless = PyUnicode_FromStringAndSize(NULL, 0)) == NULL || (calls->told = PyDict_New()) == NULL)
        return -1;
    calls->services = PyDict_New(); /* which says that the rest is there */
    return calls->services == NULL ? -1 : 0;
}

static int visit_method(Method *method, visitproc visit, void *arg)
{
    Py_VISIT(method->bound);
    Py_VISIT(method->info);
    Py_VISIT(method->arguments);
    Py_VISIT(method->result);
    Py_VISIT(method->value_class);
    Py_VISIT(method->function);
    return 0;
}

static int calls_traverse(PyObject *self, visitproc visit, void *arg)
{
    Calls *calls = (Calls *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(calls->module);
    Py_VISIT(calls->services);
    Py_VISIT(calls->info.cls);
    Py_VISIT(calls->header.cls);
    Py_VISIT(calls->deadline);
    Py_VISIT(calls->current);
    Py_VISIT(calls->forward);
    Py_VISIT(calls->no_metainfo);
    Py_VISIT(calls->base);
    Py_VISIT(calls->tell);
    Py_VISIT(calls->told);
    Py_VISIT(calls->clock);
    Py_VISIT(calls->endpoint);
    Py_VISIT(calls->awaiting);
    int stopped = lender_traverse(&calls->lender, visit, arg);
    for (Py_ssize_t at = 0; at < calls->count && !stopped; at++)
        stopped = visit_method(calls->methods + at, visit, arg);
    return stopped;
}

static void free_method(Method *method)
{
    Py_CLEAR(method->bound);
    Py_CLEAR(method->head);
    Py_CLEAR(method->reply_head);
    Py_CLEAR(method->info);
    Py_CLEAR(method->arguments);
    Py_CLEAR(method->result);
    Py_CLEAR(method->value_class);
    Py_CLEAR(method->function);
    for (int at = 0; at < method->parameters; at++)
        Py_CLEAR(method->names[at]);
    PyMem_Free(method->names);
    PyMem_Free(method->places);
}

static int calls_clear(PyObject *self)
{
    Calls *calls = (Calls *)self;
    Method *methods = calls->methods;
    Py_ssize_t count = calls->count;
    calls->methods = NULL;
    calls->count = 0;
    Py_CLEAR(calls->services); /* `run` does nothing without */
    for (Py_ssize_t at = 0; at < count; at++)
        free_method(methods + at);
    PyMem_Free(methods);
    Py_CLEAR(calls->info.cls);
    Py_CLEAR(calls->header.cls);
    Py_CLEAR(calls->deadline);
    Py_CLEAR(calls->current);
    Py_CLEAR(calls->forward);
    Py_CLEAR(calls->no_metainfo);
    Py_CLEAR(calls->base);
    lender_clear(&calls->lender);
    Py_CLEAR(calls->tell);
    Py_CLEAR(calls->told);
    Py_CLEAR(calls->clock);
    Py_CLEAR(calls->endpoint);
    Py_CLEAR(calls->awaiting);
    Py_CLEAR(calls->info_area);
    Py_CLEAR(calls->nameless);
    Py_CLEAR(calls->module);
    PyMem_RawFree(calls->room);
    calls->room = NULL;
    return 0;
}

static void calls_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    calls_clear(self);
    lender_free(&((Calls *)self)->lender);
    type->tp_free(self);
    Py_DECREF(type);
}

/* Remember what of a method its calls need. */
static int method_fill(Method *method, PyObject *args)
{
    PyObject *bound, *head, *reply_head, *info, *arguments, *parameters, *result, *value_class, *function;
    int has_value, may_be_none;
    if (!PyArg_ParseTuple(args, "OSSOO!O!O!OOpp", &bound, &head, &reply_head, &info, &PyType_Type, &arguments,
                          &PyTuple_Type, &parameters, &PyType_Type, &result, &value_class, &function, &has_value,
                          &may_be_none))
        return -1;
    int count = (int)PyTuple_GET_SIZE(parameters);
    method->names = PyMem_Calloc((size_t)count + 1, sizeof(PyObject *));
    if (method->names == NULL)
        return PyErr_NoMemory(), -1;
    for (; method->parameters < count; method->parameters++)
        method->names[method->parameters] = Py_NewRef(PyTuple_GET_ITEM(parameters, method->parameters));
    method->bound = Py_NewRef(bound);
    method->head = Py_NewRef(head);
    method->reply_head = Py_NewRef(reply_head);
    method->info = Py_NewRef(info);
    method->arguments = Py_NewRef(arguments);
    method->result = Py_NewRef(result);
    method->value_class = Py_NewRef(value_class);
    method->function = Py_NewRef(function);
    method->has_value = has_value;
    method->may_be_none = may_be_none;
    return 0;
}

static bool is_of(const Calls *calls, const Method *method)
{
    bool is_known = Py_IS_TYPE(method->info, calls->info.cls);
    if (!is_known)
        PyErr_SetString(PyExc_TypeError, "not what is known of a call");
    return is_known;
}

/* The methods of a service, by what their calls start with: borrowed; NULL with an exception. */
static PyObject *heads_of(Calls *calls, PyObject *service)
{
    PyObject *none = PyDict_New();
    PyObject *heads = none != NULL ? PyDict_SetDefault(calls->services, service, none) : NULL;
    Py_XDECREF(none);
    return heads;
}

/* add(service, (bound, call_head, reply_head, info, arguments, parameters, result, value_class, function, has_value,
 * may_be_none)): calls that name `service` and start with `call_head` are of this method.
 */
static PyObject *calls_add(PyObject *self, PyObject *args)
{
    Calls *calls = (Calls *)self;
    PyObject *service, *parts;
    if (!PyArg_ParseTuple(args, "UO!", &service, &PyTuple_Type, &parts))
        return NULL;
    Method *more = PyMem_Realloc(calls->methods, (size_t)(calls->count + 1) * sizeof(Method));
    if (more == NULL)
        return PyErr_NoMemory();
    calls->methods = more;
    Method *method = more + calls->count;
    memset(method, 0, sizeof(Method));
    PyObject *place = PyLong_FromSsize_t(calls->count), *heads = NULL;
    if (place != NULL && method_fill(method, parts) == 0 && is_of(calls, method))
        heads = heads_of(calls, service);
    int status = heads != NULL ? PyDict_SetItem(heads, method->head, place) : -1;
    Py_XDECREF(place);
    if (status < 0) {
        free_method(method);
        return NULL;
    }
    calls->count++;
    Py_RETURN_NONE;
}

/* halt(): what a run may count on has changed; one that is under way ends with the call that it is at. */
static PyObject *calls_halt(PyObject *self, PyObject *unused)
{
    ((Calls *)self)->halts++;
    Py_RETURN_NONE;
}

/* close(): keep no task any more; those that were kept end in the next turn. */
static PyObject *calls_close(PyObject *self, PyObject *unused)
{
    if (lender_close(&((Calls *)self)->lender) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* relax(): let go of tasks that were not needed since the last time. */
static PyObject *calls_relax(PyObject *self, PyObject *unused)
{
    if (lender_relax(&((Calls *)self)->lender) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef CALLS_METHODS[] = {
    {"add", calls_add, METH_VARARGS, NULL},
    {"run", (PyCFunction)(void (*)(void))calls_run, METH_FASTCALL, NULL},
    {"reply", (PyCFunction)(void (*)(void))calls_reply, METH_FASTCALL, NULL},
#ifndef _WIN32
    {"serve", (PyCFunction)(void (*)(void))calls_serve, METH_FASTCALL, NULL},
#endif
    {"halt", calls_halt, METH_NOARGS, NULL},
    {"relax", calls_relax, METH_NOARGS, NULL},
    {"close", calls_close, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot CALLS_SLOTS[] = {
    {Py_tp_doc, "The usual calls of a server: `kitexgen.runtime.server.usual`."},
    {Py_tp_init, calls_init},
    {Py_tp_new, PyType_GenericNew},
    {Py_tp_dealloc, calls_dealloc},
    {Py_tp_traverse, calls_traverse},
    {Py_tp_clear, calls_clear},
    {Py_tp_methods, CALLS_METHODS},
    {0, NULL},
};

PyType_Spec CALLS_SPEC = {
    .name = "kitexgen.runtime.wire._native.Calls",
    .basicsize = sizeof(Calls),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = CALLS_SLOTS,
};
