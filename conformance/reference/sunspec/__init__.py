"""A simulated site as SunSpec Modbus devices: an inverter with storage, and a meter at the connection point."""
