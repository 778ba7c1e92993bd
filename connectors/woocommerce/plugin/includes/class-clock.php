<?php
/**
 * The time as tables and signals write it: UTC.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * Three forms of one moment.
 */
class Clock {

	/**
	 * For a datetime column.
	 *
	 * @param int|null $at Unix seconds; null is now.
	 * @return string
	 */
	public static function row( $at = null ) {
		return gmdate( 'Y-m-d H:i:s', null === $at ? time() : $at );
	}

	/**
	 * For a column that keeps the order of what happened in one second.
	 *
	 * @return string
	 */
	public static function precise() {
		$now = explode( ' ', microtime() );
		return gmdate( 'Y-m-d H:i:s', (int) $now[1] ) . substr( $now[0], 1, 7 );
	}

	/**
	 * ISO 8601, for the app.
	 *
	 * @param string|null $row A datetime column's value; null is now.
	 * @return string
	 */
	public static function iso( $row = null ) {
		return gmdate( 'Y-m-d\TH:i:s\Z', null === $row ? time() : strtotime( $row . ' UTC' ) );
	}
}
