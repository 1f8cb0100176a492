// SPDX-License-Identifier: MIT
// What the two drivers of test_image.c show of themselves. image_driver.c is compiled into both; NAME is
// image_first or image_second.
#ifndef KSS_TEST_IMAGE_DRIVER_H
#define KSS_TEST_IMAGE_DRIVER_H

struct image_values {
    int data, bss, static_data, static_bss, constant, large;
    const int *pointer; // in .data, to .data: relocated by the loader
};

int image_first_count(int add);
void image_first_values(struct image_values *values);
void *image_first_static(void); // the address of a static routine
int image_first_rest(void);

int image_second_count(int add);
void image_second_values(struct image_values *values);
void *image_second_static(void);
int image_second_rest(void);

#endif
