/* A call out of the bytes that came, read where it lies.
 *
 * Sources: framing/{framed,ttheader}.py, wire/thrift_envelope.py.
 */
#include "calls.h"
#include "layout.h"
#include "reader.h"
#include "slots.h"

#define LENGTH_SIZE 4
#define TT_PREFIX 14
#define TT_MAGIC 0x1000
#define TT_OUT_OF_ORDER 1
#define TT_STREAMING 2
#define BINARY_MAGIC 0x8001
#define NAME_AT 8
#define SIGN_END 6 /* bytes of a message, after its length perhaps, that tell what it is */
#define LEAST (NAME_AT + LENGTH_SIZE) /* bytes of an envelope */

/* Info areas that are remembered, and the largest of them, in bytes: peers fill that memory. */
#define KEPT 256
#define KEPT_SIZE 512

/* What the info area says, remembered if it is small: many peers say the same in call after call. */
static PyObject *told_of(Calls *calls, const uint8_t *area, Py_ssize_t size)
{
    PyObject *key = PyBytes_FromStringAndSize((const char *)area, size);
    if (key == NULL)
        return NULL;
    PyObject *told = size <= KEPT_SIZE ? PyDict_GetItemWithError(calls->told, key) : NULL;
    if (told != NULL)
        Py_INCREF(told);
    else if (!PyErr_Occurred()) {
        told = PyObject_CallOneArg(calls->tell, key);
        if (told != NULL && told != Py_None && (!PyTuple_CheckExact(told) || PyTuple_GET_SIZE(told) != TOLD_COUNT)) {
            PyErr_SetString(PyExc_TypeError, "an info area tells something else");
            Py_CLEAR(told);
        }
        if (told != NULL && size <= KEPT_SIZE) {
            if (PyDict_GET_SIZE(calls->told) >= KEPT)
                PyDict_Clear(calls->told);
            if (PyDict_SetItem(calls->told, key, told) < 0)
                Py_CLEAR(told);
        }
    }
    Py_DECREF(key);
    return told;
}

/* The method that the payload is a call of, and its sequence id. */
static Found find_method(Calls *calls, const uint8_t *payload, PyObject *service, Request *request)
{
    Py_ssize_t size = request->end - payload, head_size = NAME_AT;
    if (size < LEAST)
        return ODD;
    head_size += payload[NAME_AT - 1]; /* names are shorter than 256 bytes: others are not found */
    if (size < head_size + LENGTH_SIZE)
        return ODD;
    PyObject *heads = PyDict_GetItemWithError(calls->services, service);
    if (heads == NULL)
        return PyErr_Occurred() ? FAILED : ODD;
    PyObject *head = PyBytes_FromStringAndSize((const char *)payload, head_size);
    if (head == NULL)
        return FAILED;
    PyObject *place = PyDict_GetItemWithError(heads, head);
    Py_DECREF(head);
    if (place == NULL)
        return PyErr_Occurred() ? FAILED : ODD;
    request->method = calls->methods + PyLong_AsSsize_t(place);
    request->sequence_id = (int32_t)get32(payload + head_size);
    request->body = payload + head_size + LENGTH_SIZE;
    return WHOLE;
}

static Found cut_ttheader(Calls *calls, Input input, Py_ssize_t at, bool is_multiplexed, Request *request)
{
    const uint8_t *from = input.bytes + at;
    if (input.size - at < TT_PREFIX)
        return ODD;
    Py_ssize_t area_size = 4 * (Py_ssize_t)get16(from + 12);
    int64_t payload_size = (int64_t)get32(from) + LENGTH_SIZE - TT_PREFIX - area_size;
    request->flags = get16(from + 6);
    request->header_sequence_id = (int32_t)get32(from + 8);
    if (area_size == 0 || payload_size < LEAST || payload_size > calls->usual_size || request->flags & TT_STREAMING
        || (request->flags & TT_OUT_OF_ORDER && !is_multiplexed))
        return ODD;
    Py_ssize_t here = input.size - at - TT_PREFIX - area_size;
    if (here < SIGN_END)
        return PART;
    const uint8_t *payload = from + TT_PREFIX + area_size;
    request->transport = TTHEADER;
    if (get16(payload) != BINARY_MAGIC) {
        /* A length that is another one than LENGTH is for the long way: there it counts. */
        if (get16(payload + LENGTH_SIZE) != BINARY_MAGIC || get32(payload) != payload_size - LENGTH_SIZE)
            return ODD;
        request->transport = TTHEADER_FRAMED;
    }
    if (payload_size > here)
        return PART;
    request->end = payload + payload_size;
    request->next = at + TT_PREFIX + area_size + (Py_ssize_t)payload_size;
    if (request->transport == TTHEADER_FRAMED)
        payload += LENGTH_SIZE;
    request->told = told_of(calls, from + TT_PREFIX, area_size);
    if (request->told == NULL)
        return FAILED;
    if (request->told == Py_None)
        return ODD;
    return find_method(calls, payload, PyTuple_GET_ITEM(request->told, TOLD_SERVICE), request);
}

Found request_cut(Calls *calls, Input input, Py_ssize_t at, bool is_multiplexed, Request *request)
{
    Py_ssize_t size = input.size - at;
    const uint8_t *from = input.bytes + at;
    request->told = NULL;
    if (size < LENGTH_SIZE + LEAST)
        return ODD;
    uint16_t sign = get16(from + LENGTH_SIZE);
    if (sign == TT_MAGIC)
        return cut_ttheader(calls, input, at, is_multiplexed, request);
    uint32_t length = get32(from);
    if (sign != BINARY_MAGIC || length < LEAST || length > calls->usual_size)
        return ODD;
    if (length > size - LENGTH_SIZE)
        return PART;
    request->end = from + LENGTH_SIZE + length;
    request->next = at + LENGTH_SIZE + (Py_ssize_t)length;
    request->transport = FRAMED;
    return find_method(calls, from + LENGTH_SIZE, calls->nameless, request);
}

PyObject *request_arguments(Calls *calls, const Request *request)
{
    Plan *plan = plan_of(calls->state, THRIFT, (PyTypeObject *)request->method->arguments);
    if (UNLIKELY(plan == NULL))
        return NULL;
    Reader reader = {request->body, request->end, calls->state, 1};
    return read_binary_record(&reader, plan);
}

static inline void put(PyObject *object, Py_ssize_t offset, PyObject *value)
{
    PyObject **slot = slot_of(object, offset), *before = *slot;
    *slot = value;
    Py_XDECREF(before);
}

/* The moment that lies `budget` from now. */
static PyObject *deadline_of(Calls *calls, PyObject *budget)
{
    PyObject *now = PyObject_CallNoArgs(calls->clock);
    if (now == NULL)
        return NULL;
    PyObject *moment = PyNumber_Add(now, budget), *made = NULL;
    Py_DECREF(now);
    if (moment != NULL && (made = calls->deadline->tp_alloc(calls->deadline, 3)) == NULL)
        Py_CLEAR(moment);
    if (made != NULL) {
        PyTuple_SET_ITEM(made, 0, moment);
        PyTuple_SET_ITEM(made, 1, Py_NewRef(budget));
        PyTuple_SET_ITEM(made, 2, Py_NewRef(calls->clock));
    }
    return made;
}

/* The header that came; its infos belong to the call, which may change them. */
static PyObject *header_of(Calls *calls, const Request *request)
{
    HeaderSlots *slots = &calls->header;
    PyObject *made = (PyObject *)PyObject_GC_New(PyObject, slots->cls);
    if (made == NULL)
        return NULL;
    memset(made + 1, 0, (size_t)slots->cls->tp_basicsize - sizeof(PyObject));
    *slot_of(made, slots->sequence_id) = int_new(request->header_sequence_id);
    *slot_of(made, slots->flags) = int_new(request->flags);
    *slot_of(made, slots->protocol_id) = Py_NewRef(PyTuple_GET_ITEM(request->told, TOLD_PROTOCOL));
    *slot_of(made, slots->string_infos) = PyDict_Copy(PyTuple_GET_ITEM(request->told, TOLD_STRINGS));
    *slot_of(made, slots->int_infos) = PyDict_Copy(PyTuple_GET_ITEM(request->told, TOLD_INTS));
    PyObject_GC_Track(made);
    if (PyErr_Occurred())
        Py_CLEAR(made);
    return made;
}

PyObject *request_info(Calls *calls, const Request *request, PyObject *peer)
{
    const InfoSlots *slots = &calls->info;
    PyObject *info = slots_copy(request->method->info), *number = int_new(request->sequence_id);
    if (info == NULL || number == NULL) {
        Py_XDECREF(info);
        Py_XDECREF(number);
        return NULL;
    }
    put(info, slots->sequence_id, number);
    PyObject *told = request->told;
    if (told == NULL) {
        put(info, slots->address, Py_NewRef(peer));
        return info;
    }
    PyObject *header = header_of(calls, request), *timeout = PyTuple_GET_ITEM(told, TOLD_TIMEOUT);
    PyObject *deadline = timeout != Py_None && header != NULL ? deadline_of(calls, timeout) : Py_NewRef(Py_None);
    PyObject *address = PyTuple_GET_ITEM(told, TOLD_ADDRESS);
    if (header == NULL || deadline == NULL) {
        Py_XDECREF(header);
        Py_XDECREF(deadline);
        Py_DECREF(info);
        return NULL;
    }
    put(info, slots->header, header);
    put(info, slots->deadline, deadline);
    put(info, slots->timeout, Py_NewRef(timeout));
    put(info, slots->address, Py_NewRef(address != Py_None ? address : peer));
    put(info, slots->caller, Py_NewRef(PyTuple_GET_ITEM(told, TOLD_CALLER)));
    put(info, slots->caller_method, Py_NewRef(PyTuple_GET_ITEM(told, TOLD_CALLER_METHOD)));
    put(info, slots->metainfo, Py_NewRef(PyTuple_GET_ITEM(told, TOLD_METAINFO)));
    return info;
}
