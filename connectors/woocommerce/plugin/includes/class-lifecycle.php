<?php
/**
 * Activation, deactivation, and what is tidied once a day.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * From the plugin's first moment to its last.
 */
class Lifecycle {

	const DAILY = 'reprise_tidy';

	/**
	 * Hook up what happens once a day.
	 *
	 * @return void
	 */
	public static function hook() {
		add_action( 'admin_init', array( 'Reprise\Tables', 'keep_up' ) );
		add_action( self::DAILY, array( __CLASS__, 'tidy' ) );
	}

	/**
	 * Make the tables and ask for the daily round.
	 *
	 * @return void
	 */
	public static function activate() {
		Tables::make();
		if ( ! wp_next_scheduled( self::DAILY ) ) {
			wp_schedule_event( time() + HOUR_IN_SECONDS, 'daily', self::DAILY );
		}
	}

	/**
	 * Tell the app, and leave no work behind.
	 *
	 * @return void
	 */
	public static function deactivate() {
		self::say_goodbye( 'deactivated' );
		wp_clear_scheduled_hook( self::DAILY );
		if ( function_exists( 'as_unschedule_all_actions' ) ) {
			as_unschedule_all_actions( Outbox::ACTION );
		}
	}

	/**
	 * Remove everything that the plugin ever kept; called by uninstall.php.
	 *
	 * @return void
	 */
	public static function uninstall() {
		self::say_goodbye( 'deleted' );
		Tables::drop();
		foreach ( array( Connection::OPTION, Preferences::OPTION, Outbox::LOST ) as $option ) {
			delete_option( $option );
		}
		delete_metadata( 'user', 0, Account_Optin::META, '', true );
		delete_metadata( 'user', 0, Account_Optin::META_AT, '', true );
	}

	/**
	 * Tell the app why it will hear nothing more.
	 *
	 * @param string $reason Either deactivated or deleted.
	 * @return void
	 */
	private static function say_goodbye( $reason ) {
		Sender::tell_now(
			'reprise.uninstalled',
			array(
				'at'     => Clock::iso(),
				'reason' => $reason,
			)
		);
	}

	/**
	 * Forget what is old, and wake signals that nobody works on.
	 *
	 * @return void
	 */
	public static function tidy() {
		Carts::tidy();
		Visitors::tidy();
		if ( Outbox::waiting() > 0 ) {
			Outbox::wake();
		}
	}
}
