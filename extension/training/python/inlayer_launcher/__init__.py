"""Listens to training in an unchanged program. Nothing here may change what the program does, prints or raises."""
