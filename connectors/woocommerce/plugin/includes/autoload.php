<?php
/**
 * Finds the class Reprise\Cart_Watch in includes/class-cart-watch.php.
 *
 * @package Reprise
 */

defined( 'ABSPATH' ) || exit;

spl_autoload_register(
	static function ( $name ) {
		if ( 0 !== strpos( $name, 'Reprise\\' ) ) {
			return;
		}
		$file = 'class-' . strtolower( str_replace( '_', '-', substr( $name, 8 ) ) ) . '.php';
		if ( is_readable( __DIR__ . '/' . $file ) ) {
			require_once __DIR__ . '/' . $file;
		}
	}
);
