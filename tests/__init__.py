"""The tests of mixwidget: one folder for each room, oracles and tolerances shared by all."""
