#include <stdio.h>
#include <stdlib.h>

__attribute__((constructor)) static void constructor(void)
{
	printf("constructed\n");
}

__attribute__((destructor)) static void destructor(void)
{
	printf("destructed\n");
}

void run(void)
{
	printf("run\n");
}
