/* The info area of a TTHeader, as framing/ttheader.py describes it. What is malformed, or rare, is left to Python. */
#include "infos.h"
#include "layout.h"
#include "strings.h"

enum { PADDING = 0x00, STRINGS = 0x01, INTS = 0x10 };

/* Pairs and blocks of one area: framing/info_block.py has the reason. */
#define MOST_INFOS 1024

typedef struct {
    const uint8_t *at, *end;
} Area;

/* The text at `at`; NULL, perhaps without an exception, when the area ends before it does. */
static PyObject *read_text(Area *area)
{
    if (area->end - area->at < 2)
        return NULL;
    Py_ssize_t size = get16(area->at);
    if (area->end - area->at - 2 < size)
        return NULL;
    const uint8_t *from = area->at + 2;
    area->at = from + size;
    return text_new(from, size);
}

/* Add the pairs of a block to `into`; later keys win. */
static bool read_block(Area *area, bool has_numbers, PyObject *into)
{
    if (area->end - area->at < 2)
        return false;
    int count = get16(area->at);
    area->at += 2;
    if (count > MOST_INFOS)
        return false;
    for (; count > 0; count--) {
        if (area->end - area->at < 4) /* a key or its length, and the length of a value */
            return false;
        PyObject *key = has_numbers ? int_new(get16(area->at)) : read_text(area);
        if (has_numbers)
            area->at += 2;
        PyObject *value = key != NULL ? read_text(area) : NULL;
        int status = value != NULL ? PyDict_SetItem(into, key, value) : -1;
        Py_XDECREF(key);
        Py_XDECREF(value);
        if (status < 0)
            return false;
    }
    return true;
}

static bool read_blocks(Area *area, PyObject *strings, PyObject *ints)
{
    for (Py_ssize_t blocks = 1; area->at < area->end; blocks++) {
        uint8_t block = *area->at++;
        if (block == PADDING)
            while (area->at < area->end && *area->at == PADDING)
                area->at++;
        else if (block != STRINGS && block != INTS)
            return false;
        else if (!read_block(area, block == INTS, block == INTS ? ints : strings))
            return false;
        if (blocks + PyDict_GET_SIZE(strings) + PyDict_GET_SIZE(ints) > MOST_INFOS)
            return false;
    }
    return true;
}

/* Whether a payload may claim to be this: all that framing/ttheader.py knows but 2. */
static bool is_accepted(uint8_t id)
{
    return id == 0x00 || id == 0x03 || id == 0x04 || id == 0x10 || id == 0x11;
}

PyObject *infos_read(const uint8_t *from, Py_ssize_t size)
{
    if (size < 2 || !is_accepted(from[0]) || 2 + from[1] > size)
        return NULL;
    Area area = {from + 2 + from[1], from + size};
    PyObject *strings = PyDict_New(), *ints = PyDict_New(), *told = NULL;
    if (strings != NULL && ints != NULL && read_blocks(&area, strings, ints))
        told = Py_BuildValue("iOO", (int)from[0], strings, ints);
    Py_XDECREF(strings);
    Py_XDECREF(ints);
    return told;
}
